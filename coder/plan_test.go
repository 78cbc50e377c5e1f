package coder_test

import (
	"net/http"
	"strings"
	"testing"

	"cohort/coder"
	"cohort/internal/transport"
)

// A client that only plans takes no token, sends nothing, and holds no secret.
func TestPlanOnly(t *testing.T) {
	const secret = "xyzzy"
	config, err := coder.Config{
		PlanOnly: true, URL: api(t, func(http.ResponseWriter, *http.Request) { t.Error("the deployment was asked") }),
		HTTP: transport.Config{Headers: http.Header{"X-Gateway": {secret}}, CertFile: "/nowhere/cert.pem", KeyFile: "/nowhere/key.pem"},
	}.Complete(func(name string) string {
		if name == "CODER_SESSION_TOKEN" {
			return secret
		}
		return ""
	})
	if err != nil || config.Token != "" {
		t.Fatalf("the token is %q, and the error %v", config.Token, err)
	}
	client, err := coder.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	remarks := strings.Join(client.Plan(nil).Remarks, "\n")
	if !strings.Contains(remarks, "X-Gateway") || !strings.Contains(remarks, "CODER_CLIENT_TLS_CERT_FILE") || strings.Contains(remarks, secret) {
		t.Errorf("the remarks are %q", remarks)
	}
	if _, err := client.Users(t.Context()); err == nil || !strings.Contains(err.Error(), "only a plan was asked for") {
		t.Errorf("the error is %v", err)
	}
}
