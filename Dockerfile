# syntax=docker/dockerfile:1
# docker build -t muza .                            models, search by meaning and voice by API
# docker build -t muza --build-arg MUZA_LOCAL=1 .   with local models (embeddings, Whisper); name torch's index of CPU builds in the argument
#                                                   TORCH_INDEX_URL, else several GB of CUDA libraries come along

FROM python:3.12-slim AS build
ARG MUZA_LOCAL=0
ARG TORCH_VERSION=2.13.0
ARG TORCH_INDEX_URL=
ENV UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 VIRTUAL_ENV=/venv
WORKDIR /build
RUN pip install --no-cache-dir uv==0.13.8 && uv venv /venv
COPY requirements.lock requirements-local.lock ./
RUN uv pip install --no-deps --require-hashes -r requirements.lock
RUN if [ "$MUZA_LOCAL" = 1 ]; then \
        uv pip install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} "torch==$TORCH_VERSION" && \
        uv pip install --no-deps --require-hashes -r requirements-local.lock; \
    fi
COPY bot /app/bot
COPY handlers /app/handlers
COPY services /app/services
RUN /venv/bin/python -m compileall -q /app

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/* \
    && pip uninstall -y -q pip \
    && groupadd --gid 10001 muza && useradd --uid 10001 --gid muza --no-create-home --home-dir /data muza \
    && install -d -o muza -g muza -m 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY prompts /app/prompts
COPY knowledge /app/knowledge
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DATA_DIR=/data HF_HOME=/data/models
WORKDIR /app
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["tini", "--", "python", "-m", "bot"]
CMD ["run"]
