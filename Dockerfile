# One image for every process: `doorstep web` unless another command is named (worker, relay, migrate, doctor).
# Give it DATABASE_URL, REDIS_URL and DOORSTEP_SECRET_KEY; `doorstep migrate` runs before the first start and each update.

FROM python:3.13-slim AS built
WORKDIR /app
COPY . .
RUN python portal/bootstrap.py

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin doorstep \
    && install -d -o doorstep -g doorstep /data
COPY --from=built /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DOORSTEP_ENV=production \
    DOORSTEP_HOST=0.0.0.0 \
    DOORSTEP_DATA_DIR=/data
USER doorstep
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["doorstep", "web"]
