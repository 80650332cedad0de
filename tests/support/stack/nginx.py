"""nginx as a process of its own: the front of chancery-ca, from the deploy's template, and a service with certificates."""
import importlib.machinery
import importlib.util
import os
import pathlib

from .pki import write_private
from .ports import free_port, is_listening
from .processes import Process, run
from .programs import ROOT

NGINX = "/usr/sbin/nginx"  # not in the PATH of people who are not root
ROLE = ROOT / "ansible" / "roles" / "frontend"


def _load_renderer():
    loader = importlib.machinery.SourceFileLoader("render_front", str(ROOT / "ansible" / "render-front"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


render_front = _load_renderer().render  # the deploy's template with its role's defaults and the given variables

# What Debian's nginx.conf is to a host: everything below one folder, so that it runs beside the host's nginx, as anybody.
MAIN = """\
{user}daemon off;
worker_processes {workers};
pid {prefix}/nginx.pid;
error_log {prefix}/error.log warn;
worker_shutdown_timeout 10s;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    access_log off;
    include {include};
}}
"""


class Nginx:
    """One nginx under `prefix`, serving what `include` (a file or a pattern) says."""

    def __init__(self, name, prefix, include, workers=2):
        self.prefix = pathlib.Path(prefix)
        self.prefix.mkdir(mode=0o700, exist_ok=True)
        self.configuration = self.prefix / "nginx.conf"
        user = "user root;\n" if os.geteuid() == 0 else ""
        self.configuration.write_text(MAIN.format(user=user, prefix=self.prefix, include=include, workers=workers))
        self.process = Process(name, self.command(), self.prefix / "words.log")

    def command(self, *arguments):
        return [NGINX, "-e", self.prefix / "error.log", "-p", self.prefix, "-c", self.configuration, *arguments]

    def start(self, port):
        run(self.command("-t"))
        self.process.start()
        self.process.wait_ready(lambda: is_listening(port), f"listening on port {port}")

    def reload(self):
        run(self.command("-s", "reload"))

    def stop(self):
        return self.process.stop()


class Front:
    """nginx in front of one chancery-ca."""

    def __init__(self, prefix, identity, proxy_secret, upstream_port, server_name, **variables):
        self.port = free_port()
        prefix = pathlib.Path(prefix)
        prefix.mkdir(mode=0o700)
        secret = write_private(prefix / "proxy-secret.conf",
                               f'proxy_set_header X-Chancery-Proxy-Secret "{proxy_secret}";\n')
        site = prefix / "chancery-ca.conf"
        self.access_log = prefix / "access.json"
        site.write_text(render_front({
            "chancery_front_server_names": [server_name],
            "chancery_front_listen": [f"127.0.0.1:{self.port}"],
            "chancery_front_upstream": f"127.0.0.1:{upstream_port}",
            "chancery_front_certificate": str(identity.certificate),
            "chancery_front_key": str(identity.key),
            "chancery_front_proxy_secret_include": str(secret),
            "chancery_front_access_log": str(self.access_log),
            "chancery_front_error_log": str(prefix / "error.log"),
            **variables}))
        self.nginx = Nginx("nginx front", prefix, site)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def start(self):
        self.nginx.start(self.port)
        return self

    def stop(self):
        return self.nginx.stop()


NO_SITE = """\
server {{
    listen 127.0.0.1:{port} ssl default_server;
    ssl_reject_handshake on;
}}
"""
SITE = """\
server {{
    listen 127.0.0.1:{port} ssl;
    server_name {host};
    ssl_certificate {directory}/current/certificate.pem;
    ssl_certificate_key {directory}/current/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {{ default_type text/plain; return 200 "This is {host}.\\n"; }}
}}
"""
# The agent's reload command. A site is switched on when its first certificate has come, as a host's own set-up would.
RELOAD = """\
#!/bin/sh
set -eu
cd {prefix}
for site in available/*.conf; do
  name=$(basename "$site" .conf)
  if [ -e certificates/"$name"/current/certificate.pem ]; then ln -sf ../"$site" enabled/; fi
done
{nginx} -t -q
exec {nginx} -s reload
"""


class Service:
    """A TLS service: one nginx with a site, by SNI, for each of `hosts` ({"web": "web.demo.internal"})."""

    def __init__(self, prefix, hosts):
        self.hosts = hosts
        self.port = free_port()
        self.prefix = pathlib.Path(prefix)
        for folder in ("available", "enabled", "certificates"):
            (self.prefix / folder).mkdir(mode=0o700, parents=True)
        (self.prefix / "enabled" / "0-no-site.conf").write_text(NO_SITE.format(port=self.port))
        for name, host in hosts.items():
            site = SITE.format(port=self.port, host=host, directory=self.directory(name))
            (self.prefix / "available" / f"{name}.conf").write_text(site)
        self.nginx = Nginx("nginx service", self.prefix, self.prefix / "enabled" / "*.conf")
        self.reload_command = self.prefix / "reload"
        command = " ".join(str(word) for word in self.nginx.command())
        self.reload_command.write_text(RELOAD.format(prefix=self.prefix, nginx=command))
        self.reload_command.chmod(0o700)

    def directory(self, name):
        """Where the agent puts the certificate of site `name`."""
        return self.prefix / "certificates" / name

    def start(self):
        self.nginx.start(self.port)
        return self

    def stop(self):
        return self.nginx.stop()
