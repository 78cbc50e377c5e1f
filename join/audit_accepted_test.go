package join_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

func TestAcceptedFindings(t *testing.T) {
	found := func(t *testing.T) join.Audit {
		return audited(t, []idp.Person{person("1", "a@corp.example", disabled), person("2", "b@corp.example", disabled)},
			[]coder.User{user("a", "a@corp.example", seen(1)), user("b", "b@corp.example", seen(1)), user("bot", "", service)})
	}
	list, err := join.ReadAccepted(strings.NewReader("\ufeffuntil, Key,who,Reason\n" +
		"# looked at in spring\n" +
		"2026-03-31,leaver:a,me,\"on leave, comes back\"\n" +
		"2026-03-30,leaver:b,,expired yesterday\n" +
		",orphan:id-bot,,by id\n" +
		",orphan:b,,of another kind\n" +
		"2020-01-01,leaver:nobody,,long gone\n"))
	if err != nil {
		t.Fatal(err)
	}
	audit := found(t)
	got := audit.Accept(list, auditDay())
	var left []string
	for _, f := range audit.Findings {
		left = append(left, f.Key)
	}
	keys := func(list []join.Accepted) (keys []string) {
		for _, one := range list {
			keys = append(keys, one.Key)
		}
		return keys
	}
	if got.Count != 2 || !slices.Equal(left, []string{"leaver:b"}) || !slices.Equal(keys(got.Expired), []string{"leaver:b"}) ||
		!slices.Equal(keys(got.Unused), []string{"orphan:b", "leaver:nobody"}) {
		t.Errorf("left %q, accepted %+v", left, got)
	}
	// The last day counts to its end.
	audit = found(t)
	if got := audit.Accept(list, time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)); got.Count != 1 || len(got.Expired) != 2 {
		t.Errorf("on the day after, accepted %+v", got)
	}
}

func TestListsOfAcceptedFindingsThatAreRefused(t *testing.T) {
	const header = "key,reason,until\n"
	for _, test := range []struct{ name, content, want string }{
		{"empty", "", "the file is empty; begin with the header key,reason,until"},
		{"another header", "key,why,until\n", "line 1: there is no column reason; begin with the header key,reason,until"},
		{"semicolons", "key;reason;until\n", "line 1: there is no column key; begin with the header key,reason,until"},
		{"no reason", header + "# why\nleaver:a, ,\n", "line 3: leaver:a has no reason; say why it is accepted"},
		{"no key", header + "leaver,x,\n", `line 2: "leaver" is no key; a key is a kind, a colon and a username, as audit shows it`},
		{"no kind", header + "orphans:a,x,\n", `line 2: "orphans" is no kind of finding; did you mean orphan?`},
		{"no date", header + "leaver:a,x,31.12.2026\n", `line 2: until: "31.12.2026" is no date; write YYYY-MM-DD, or nothing for good`},
		{"twice", header + "leaver:a,x,\n\nleaver:a,y,\n", "line 4: leaver:a is on line 2 already; keep one"},
		{"a quotation mark", header + "leaver:a,say \"so\",\n", "line 2: bare \" in non-quoted-field; cells with a comma or a quotation mark need quotes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := join.ReadAccepted(strings.NewReader(test.content)); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestAnExpiredEntryHidesNoneThatHolds(t *testing.T) {
	audit := audited(t, []idp.Person{person("1", "a@corp.example", disabled)}, []coder.User{user("a", "a@corp.example", seen(1))})
	at := slices.IndexFunc(audit.Findings, func(f join.Finding) bool { return f.Account.ID != "" && f.Account.Username != "" })
	f, all := audit.Findings[at], len(audit.Findings)
	now := time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
	got := audit.Accept([]join.Accepted{
		{Key: f.Key, Reason: "for a while", Until: now.AddDate(0, -1, 0)},
		{Key: string(f.Kind) + ":" + f.Account.ID, Reason: "for good"},
	}, now)
	if got.Count != 1 || len(audit.Findings) != all-1 || len(got.Unused) != 0 || len(got.Expired) != 1 {
		t.Errorf("accepted %+v, and %d of %d findings are left", got, len(audit.Findings), all)
	}
}
