# One image for every process of the desk: web (the default), worker, beat, deliver. See docker-compose.yml.
FROM python:3.11-slim-trixie AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

FROM base AS build
COPY requirements/run.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes --no-deps -r /requirements.txt

FROM base
# pg_dump and pg_restore for `manage.py backup` and `restore`: not older than the server in docker-compose.yml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/masthead masthead
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY newsroom ./newsroom
COPY corrections ./corrections
COPY reprints ./reprints
COPY templates ./templates
COPY deploy/gunicorn.conf.py ./deploy/gunicorn.conf.py
ENV PATH=/venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=newsroom.settings \
    MASTHEAD_ENV=production \
    MASTHEAD_VAR=/app/data \
    STATIC_ROOT=/app/static \
    PORT=8000
# Collected at build time with throw-away secrets, so that a container starts without writing anything.
# /app/data is a volume: the static files of a new image must not hide behind those of the old.
RUN install --directory --owner=masthead --mode=0755 /app/data /app/static \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
       FIELD_KEYS="$(python -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())')" \
       BASE_URL=https://desk.example.com ALLOWED_HOSTS=desk.example.com EMAIL_URL=smtp://127.0.0.1:25 \
       DATABASE_URL=sqlite:////tmp/none.sqlite3 \
       python manage.py collectstatic --no-input --verbosity 0 \
    && chown -R masthead:masthead /app/data /app/static
VOLUME /app/data
USER masthead
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "newsroom.wsgi:application"]
