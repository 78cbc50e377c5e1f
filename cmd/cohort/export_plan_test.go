package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"cohort/fixtures"
	"cohort/internal/intent"
)

// seen is what servers were asked for.
type seen struct {
	mu    sync.Mutex
	calls []intent.Call
}

func (s *seen) add(call intent.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

// all are the calls so far.
func (s *seen) all() []intent.Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// watch notes the requests that a handler gets. What is named by an identifier
// is noted as a plan has it.
func (s *seen) watch(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := intent.Call{Method: r.Method, Target: r.URL.Path}
		if parts := strings.Split(r.URL.Path, "/"); len(parts) == 6 && parts[3] == "groups" {
			parts[4] = "{group}"
			call.Target = strings.Join(parts, "/")
		}
		query := r.URL.Query()
		if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
			query.Set("scope", scopeOf(r)) // the rest signs in
		}
		query.Del("after") // the cursor of a further page
		if fields := query.Get("fields"); fields != "" {
			call.Attributes = strings.Split(strings.NewReplacer("profile:(", "", ")", "").Replace(fields), ",")
			query.Del("fields")
		}
		for name := range query {
			call.Parameters = append(call.Parameters, name+"="+query.Get(name))
		}
		s.add(call)
		handler.ServeHTTP(w, r)
	})
}

// scopeOf reads the form of a request, and leaves it as it was.
func scopeOf(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return ""
	}
	return form.Get("scope")
}

// line is a call as far as it can be compared. Searches of Okta may be cut, and
// the values of others stand in braces.
func line(call intent.Call) string {
	var parameters []string
	for _, parameter := range call.Parameters {
		switch name, _, _ := strings.Cut(parameter, "="); name {
		case "search", "start_time", "end_time":
			parameter = name
		}
		parameters = append(parameters, parameter)
	}
	slices.Sort(parameters)
	return fmt.Sprintf("%s %s (%s) asks for %s", call.Method, call.Target, strings.Join(parameters, ", "), strings.Join(call.Attributes, ", "))
}

// hold compares a plan with what its servers have seen: nothing else, and all
// that does not depend on anything.
func (s *seen) hold(t *testing.T, planned []intent.Call) {
	t.Helper()
	left := map[string]bool{} // by whether it has been seen
	for _, call := range planned {
		if call.OnlyIf == "" {
			left[line(call)] = true
		}
	}
	all := make([]string, len(planned))
	for i, call := range planned {
		all[i] = line(call)
	}
	for _, call := range s.all() {
		if !slices.Contains(all, line(call)) {
			t.Errorf("the server was asked for what is in no plan:\n%s\nof\n%s", line(call), strings.Join(all, "\n"))
		}
		delete(left, line(call))
	}
	for missing := range maps.Keys(left) {
		t.Errorf("planned, and never asked for: %s", missing)
	}
}

// countOf is how often a path was asked for.
func (s *seen) countOf(path string) (n int) {
	for _, call := range s.all() {
		if call.Target == path {
			n++
		}
	}
	return n
}

// watchedDeployment is the sample deployment, behind something that watches.
func watchedDeployment(t *testing.T, s *seen) (address, token string) {
	t.Helper()
	deployment := serveDeployment(t, sampleUsers(t), fixtures.CoderOptions{})
	target, err := url.Parse(deployment.URL)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(s.watch(httputil.NewSingleHostReverseProxy(target)))
	t.Cleanup(front.Close)
	return front.URL, deployment.Token
}

// plan runs export --plan without any credentials.
func plan(t *testing.T, args []string) intention {
	t.Helper()
	run := newProgram(t, nil, append(args, "--plan=json")...)
	if code := run.exitCode(t, run.Run()); code != 0 {
		t.Fatalf("exit code %d: %s", code, run.stderr.String())
	}
	var i intention
	if err := json.Unmarshal(run.stdout.Bytes(), &i); err != nil {
		t.Fatal(err)
	}
	return i
}

func exportWith(t *testing.T, settings, args []string) {
	t.Helper()
	run := newProgram(t, settings, args...)
	if code := run.exitCode(t, run.Run()); code != 0 {
		t.Fatalf("exit code %d: %s", code, run.stderr.String())
	}
}

func TestAPlanIsWhatTheServersSee(t *testing.T) {
	people := samplePeople(t)
	columns := []string{"--columns", "email,groups,Level=employeeNumber,manager_email,idp_status_raw"}

	t.Run("a directory, and use by day", func(t *testing.T) {
		var ldap, coder seen
		directory := serveDirectory(t, people, fixtures.LDAPOptions{Searched: func(s fixtures.Search) {
			call := intent.Call{Method: "search", Target: s.Base, Parameters: []string{"scope " + s.Scope, "filter " + s.Filter}, Attributes: s.Attributes}
			switch {
			case s.Base == "":
				call.Target = "{root DSE}"
			case s.Scope == "base":
				call.Target = "{manager}"
			}
			ldap.add(call)
		}})
		address, token := watchedDeployment(t, &coder)
		output := earlierOutput(t)
		args := slices.Concat([]string{"export", "--idp", directory.URL + "/" + directory.BaseDN, "--ldap-bind-dn", directory.BindDN,
			"--ldap-filter", "(objectClass=person)", "--coder", address, "--usage", "28d", "--allow-empty", "-o", output.path}, columns)
		planned := plan(t, args)
		if n := len(ldap.all()) + len(coder.all()) + directory.Connections(); n > 0 {
			t.Errorf("the plan itself asked %d times", n)
		}
		output.untouched(t)

		exportWith(t, []string{"COHORT_LDAP_PASSWORD=" + directory.Password, "CODER_SESSION_TOKEN=" + token}, args)
		searches := slices.DeleteFunc(slices.Clone(planned.People[0].Calls), func(c intent.Call) bool { return c.Method != "search" })
		ldap.hold(t, searches)
		coder.hold(t, planned.Users.Calls)
		if n := coder.countOf("/api/v2/insights/user-activity"); n != 28 {
			t.Errorf("the use was asked for %d times, and planned for 28", n)
		}
		if hosts := planned.People[0].Hosts; len(hosts) != 1 || "ldap://"+hosts[0] != directory.URL {
			t.Errorf("the hosts are %q, want that of %s", hosts, directory.URL)
		}
		if hosts := planned.Users.Hosts; len(hosts) != 1 || "http://"+hosts[0] != address {
			t.Errorf("the hosts are %q, want that of %s", hosts, address)
		}
		written, err := os.ReadFile(output.path)
		if err != nil {
			t.Fatal(err)
		}
		var headers []string
		for _, column := range planned.Writes[0].Columns {
			headers = append(headers, column.Header)
		}
		if header, _, _ := strings.Cut(string(written), "\n"); header != strings.Join(headers, ",") {
			t.Errorf("the columns are %s, and planned as %q", header, headers)
		}
	})

	for _, test := range []struct {
		name  string
		args  []string
		asApp bool
	}{
		{name: "an org", args: columns},
		{name: "an org, as a service app", args: columns, asApp: true},
		{name: "an org's own attributes", args: []string{"--columns", "email,badgeNumber"}},
		{name: "an org, some people of it", args: []string{"--okta-status", "ACTIVE"}},
		{name: "an org, by another attribute", args: []string{"--map", "department=costCenter", "--columns", "email,department"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var okta, coder seen
			org, ca := serveOrg(t, fixtures.Okta(people), fixtures.OktaOptions{Wrap: okta.watch})
			address, token := watchedDeployment(t, &coder)
			args := slices.Concat([]string{"export", "--idp", org.URL, "--okta-ca-file", ca, "--coder", address}, test.args)
			settings := []string{"CODER_SESSION_TOKEN=" + token}
			if test.asApp {
				app, err := org.AddApp("okta.users.read", "okta.groups.read")
				if err != nil {
					t.Fatal(err)
				}
				args = append(args, "--okta-client-id", app.ClientID)
				settings = append(settings, "OKTA_CLIENT_PRIVATEKEY="+string(app.PrivateKey), "OKTA_CLIENT_PRIVATEKEYID="+app.KeyID)
			} else {
				settings = append(settings, "OKTA_CLIENT_TOKEN="+org.Token)
			}
			planned := plan(t, args)
			if n := len(okta.all()) + len(coder.all()); n > 0 {
				t.Errorf("the plan itself asked %d times", n)
			}
			exportWith(t, settings, args)
			okta.hold(t, planned.People[0].Calls)
			coder.hold(t, planned.Users.Calls)
			if hosts := planned.People[0].Hosts; len(hosts) != 1 || "okta://"+hosts[0] != org.URL {
				t.Errorf("the hosts are %q, want that of %s", hosts, org.URL)
			}
		})
	}
}

// No secret is in a plan, and none is even looked for.
func TestAPlanHoldsNoSecrets(t *testing.T) {
	const secret = "xyzzy-plugh"
	settings := []string{"COHORT_LDAP_PASSWORD=" + secret, "CODER_SESSION_TOKEN=" + secret, "OKTA_CLIENT_TOKEN=" + secret,
		"OKTA_CLIENT_PRIVATEKEY=" + secret, "CODER_HEADER=X-Gateway=" + secret, "OKTA_CLIENT_CLIENTID=0oa1"}
	for _, flag := range []string{"--plan", "--plan=json"} {
		run := newProgram(t, settings, "export", flag, "--idp", "ldaps://ldap.example.com/dc=example,dc=com", "--ldap-bind-dn", "cn=reader,dc=example,dc=com",
			"--ldap-password-file", "/nowhere/password", "--idp", "okta://acme.okta.com", "--okta-token-file", "/nowhere/token",
			"--coder", "https://coder.example.com", "--coder-token-file", "/nowhere/token")
		if code := run.exitCode(t, run.Run()); code != 0 {
			t.Fatalf("exit code %d: %s", code, run.stderr.String())
		}
		said := run.stdout.String() + run.stderr.String()
		if strings.Contains(said, secret) || !strings.Contains(said, "X-Gateway") || !strings.Contains(said, "0oa1") {
			t.Errorf("said %s", said)
		}
	}
}
