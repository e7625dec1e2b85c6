# docker build -t nwbgate .
# docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" nwbgate check nwb
# With --user, what is written belongs to you. That user has no home in the image: HOME is a folder that all may write to.
FROM python:3.13-slim AS build
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
COPY . .
RUN python -m venv /opt/nwbgate && /opt/nwbgate/bin/python -m pip install --no-cache-dir '.[qc,rig,xarray,remote]'

FROM python:3.13-slim
COPY --from=build /opt/nwbgate /opt/nwbgate
ENV PATH=/opt/nwbgate/bin:$PATH DANDI_NO_ET=1 HOME=/tmp
RUN useradd --create-home reader
USER reader
WORKDIR /data
ENTRYPOINT ["nwbgate"]
CMD ["--help"]
