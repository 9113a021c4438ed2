# One image for web and media nodes. The pages are built once, the last stage holds no Node and no compiler.
FROM node:24-bookworm-slim AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/hearth && /opt/hearth/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/hearth hearth
COPY --from=packages /opt/hearth /opt/hearth
WORKDIR /srv/hearth
COPY meetings/ meetings/
COPY realtime/ realtime/
COPY server/ server/
COPY --from=pages /src/web/dist web/dist
ENV PATH=/opt/hearth/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HEARTH_DATA_DIR=/var/lib/hearth HEARTH_HOST=0.0.0.0
USER hearth
EXPOSE 8470/tcp 8471/udp
CMD ["python", "-m", "server.cli", "start"]
