FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /precert ./cmd/precert

# Nothing but the program and the root certificates, as a user without rights.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /precert /precert
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/precert"]
