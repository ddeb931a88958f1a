# One build for all services: each image takes its own binary out of it.
#   docker build --build-arg SERVICE=gateway .
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/ ./gateway ./auth-service ./user-service ./deploy/bootstrap
# A volume takes the owner of the folder that it is first mounted on.
RUN mkdir -p /secrets/originals /secrets/auth /secrets/user /secrets/gateway /secrets/postgres /secrets/redis

FROM scratch AS service
ARG SERVICE
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/${SERVICE} /service
USER 65532:65532
ENTRYPOINT ["/service"]

FROM service AS bootstrap
COPY --from=build --chown=65532:65532 /secrets /secrets
