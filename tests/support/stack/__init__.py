"""A whole Chancery on one machine: CA, front, agent, service and monitoring as processes of a temporary folder.

The demo and the integration tests both stand on it. Nothing here needs root; everything it starts it stops, by pid.
"""
