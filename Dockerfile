# Three programs from one build: --target gateway, --target silo, and --target migrator for a move of data.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
WORKDIR /source
COPY global.json Directory.*.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
RUN dotnet publish src/Gateway -c Release -o /app/gateway && \
    dotnet publish src/Silo -c Release -o /app/silo && \
    dotnet publish src/Migrator -c Release -o /app/migrator

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble AS base
# The data folder of a one-process run; a cluster keeps nothing on its disks.
RUN mkdir -p /home/app/data && chown app:app /home/app/data
WORKDIR /home/app
USER app
ENV ASPNETCORE_URLS=http://+:8080

FROM base AS migrator
COPY --from=build /app/migrator /app
ENTRYPOINT ["dotnet", "/app/GeminiChat.Migrator.dll"]

FROM base AS silo
COPY --from=build /app/silo /app
ENTRYPOINT ["dotnet", "/app/GeminiChat.Silo.dll"]

FROM base AS gateway
COPY --from=build /app/gateway /app
ENTRYPOINT ["dotnet", "/app/GeminiChat.Gateway.dll"]
