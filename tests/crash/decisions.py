"""Judges what a database has of requests for approval: what was decided is in the store and in the log, once."""
import collections

PENDING, APPROVED, ISSUED, REJECTED, REFUSED, EXPIRED, CANCELLED = range(7)
STATES = ("pending", "approved", "issued", "rejected", "refused", "expired", "cancelled")


def check_decisions(connection, journal, entries, figures):
    """`entries`: how often the log has (event type, subject, actor)."""
    requests = {row[0]: row[1:] for row in connection.execute("SELECT id, state, required, serial, ended_by, token_hash FROM requests")}
    approvers = collections.defaultdict(set)
    for identifier, approver in connection.execute(
            "SELECT r.id, a.approver FROM requests r JOIN request_approvals a ON a.request = r.number"):
        approvers[identifier].add(approver)
    withdrawn = {bytes(row[0]) for row in connection.execute("SELECT hash FROM tokens WHERE withdrawn_at IS NOT NULL")}
    _nothing_lost(journal, requests, approvers, withdrawn, figures)
    _each_with_its_entry(requests, approvers, withdrawn, entries, figures)
    _nothing_unapproved(connection, requests, approvers, figures)


def _nothing_lost(journal, requests, approvers, withdrawn, figures):
    for identifier in list(journal.requests):
        if identifier not in requests:
            figures.fault("acknowledged_but_lost", f"request {identifier}")
    for identifier, approver in list(journal.approvals):
        if approver not in approvers[identifier]:
            figures.fault("approved_but_lost", f"the approval of {identifier} by {approver}")
    for identifier, serial in list(journal.issued.items()):
        state, _, recorded, _, _ = requests.get(identifier, (None,) * 5)
        if (state, recorded) != (ISSUED, serial):
            figures.fault("approved_but_lost", f"{identifier} was issued as {serial}, and is {state} as {recorded}")
    for identifier, (state, by) in list(journal.ended.items()):
        row = requests.get(identifier, (None,) * 5)
        if row[0] != STATES.index(state) or by not in (None, row[3]):
            figures.fault("decision_lost", f"{identifier} was {state} by {by}, and is {row[0]} by {row[3]}")
    for text in list(journal.withdrawn):
        if journal.hash_of(text) not in withdrawn:
            figures.fault("decision_lost", f"the withdrawal of the token of {journal.tokens[text][0]}")


def _each_with_its_entry(requests, approvers, withdrawn, entries, figures):
    of_subject = collections.Counter()
    for (event, subject, _), count in entries.items():
        of_subject[(event, subject)] += count
    for identifier, (state, _, _, ended_by, token) in requests.items():
        expected = collections.Counter({"request.created": 1, "request.approved": len(approvers[identifier])})
        with_its_token = state == CANCELLED and token is not None and bytes(token) in withdrawn
        if state in (REJECTED, REFUSED, EXPIRED) or (state == CANCELLED and entries[("request.cancelled", identifier, ended_by)]):
            expected[f"request.{STATES[state]}"] = 1
        elif state == CANCELLED and not with_its_token:
            figures.fault("audit_broken", f"nothing says why {identifier} is cancelled")
        for event in ("created", "approved", *STATES[REJECTED:]):
            if of_subject[(f"request.{event}", identifier)] != expected[f"request.{event}"]:
                figures.fault("audit_broken", f"{of_subject[(f'request.{event}', identifier)]} entries request.{event} of {identifier}")
        for approver in approvers[identifier]:
            if entries[("request.approved", identifier, approver)] != 1:
                figures.fault("approved_but_lost", f"the log has no approval of {identifier} by {approver}")
        if state == PENDING and token is not None and bytes(token) in withdrawn:
            figures.fault("half_done", f"{identifier} waits on a token that is withdrawn")


def _nothing_unapproved(connection, requests, approvers, figures):
    """Each first certificate of a profile that wants approvals belongs to one request that had them all."""
    answered = collections.Counter(serial for _, _, serial, _, _ in requests.values() if serial)
    for serial, in connection.execute("SELECT s.serial FROM certificates c JOIN certificate_status s ON s.id = c.id"
                                      " WHERE c.profile IN ('guarded', 'twofold', 'brief', 'scarce') AND c.renewed_from = ''"):
        if answered[serial] != 1:
            figures.fault("issued_unapproved", f"{serial} belongs to {answered[serial]} requests")
    for identifier, (state, required, _, _, _) in requests.items():
        if state in (APPROVED, ISSUED) and len(approvers[identifier]) < required:
            figures.fault("issued_unapproved", f"{identifier} has {len(approvers[identifier])} of {required} approvals")
