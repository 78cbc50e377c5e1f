# A small image: the program, the CAs that everybody trusts, nothing else.
#
#   docker build -t cohort .
#   docker run --rm -v "$PWD:/data" --user "$(id -u)" \
#     -e COHORT_LDAP_PASSWORD -e CODER_SESSION_TOKEN cohort \
#     export --config /data/config.yaml -o /data/people.csv
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
# With .git, out of which the build takes the version.
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=true -ldflags="-s -w" -o /cohort ./cmd/cohort

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /cohort /cohort
# Nobody; a folder that is mounted has its own owner, whom --user names.
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/cohort"]
