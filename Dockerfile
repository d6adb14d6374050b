# Three programs from one build: --target gateway, --target silo, and --target migrator for a move of data.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
WORKDIR /source
COPY global.json Directory.*.props BannedSymbols.txt .editorconfig .env.example ./
COPY src/ src/
# Gateway and silo are compiled ahead of time together with the run-time (ReadyToRun), so they need about half the CPU time to
# start. Publishing each takes some minutes.
ARG TARGETARCH
RUN for program in Gateway Silo; do \
      dotnet publish src/$program -c Release -a $TARGETARCH --self-contained \
        -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=true -o /app/$program || exit 1; \
    done && \
    dotnet publish src/Migrator -c Release -a $TARGETARCH --self-contained -o /app/Migrator

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble AS base
# The data folder of a one-process run; a cluster keeps only users' files there, in a volume that all its members share.
RUN mkdir -p /home/app/data && chown app:app /home/app/data
WORKDIR /home/app
USER app
# The base image sets this variable to 8080. Without it, the programs listen at PORT, which is 8000 by default.
ENV ASPNETCORE_HTTP_PORTS=

FROM base AS migrator
COPY --from=build /app/Migrator /app
ENTRYPOINT ["/app/GeminiChat.Migrator"]

FROM base AS silo
COPY --from=build /app/Silo /app
ENTRYPOINT ["/app/GeminiChat.Silo"]

FROM base AS gateway
COPY --from=build /app/Gateway /app
ENTRYPOINT ["/app/GeminiChat.Gateway"]
