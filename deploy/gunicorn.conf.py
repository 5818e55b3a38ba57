"""gunicorn in production: `gunicorn --config deploy/gunicorn.conf.py newsroom.wsgi:application`.

WEB_WORKERS (2) processes of WEB_THREADS (4) threads. On SIGTERM a request in flight has 30 s to finish.
"""

import os

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104 -- inside a container or behind a firewall
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30
keepalive = 5
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- gunicorn's heartbeat file: a slow disk would get healthy workers killed
max_requests = 10_000  # a leak in a library is then only a slow one
max_requests_jitter = 1_000
