package join_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

func TestTheReviewNamesWhatIsInDoubt(t *testing.T) {
	people := []idp.Person{
		person("1", "twins@corp.example"),
		person("2", "Twins@corp.example "),
		person("3", "gone@corp.example", disabled),
		person("4", "gone@corp.example", disabled),
		person("5", "a@corp.example", alias("team@corp.example")),
		person("6", "b@corp.example", alias("team@corp.example", "b2@corp.example")),
		person("7", "j\u00fc@corp.example"),
	}
	users := []coder.User{
		user("twin", "TWINS@corp.example"),
		user("gone", "gone@corp.example"),
		user("a", "a@corp.example"), user("b", "b@corp.example"), user("b2", "b2@corp.example"),
		user("team", "team@corp.example"),
		user("ju1", "JU\u0308@corp.example"), user("ju2", "ju\u0308@corp.EXAMPLE"),
	}
	joined := table(t, people, users, []string{"idp_id"}, join.Options{})
	var b strings.Builder
	if err := join.WriteReview(&b, joined.Review(), join.CSVOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `kind,who,address,why,candidates
ambiguous-account,gone,gone@corp.example,"2 people have this address, and all are disabled",gone@corp.example (3)|gone@corp.example (4)
ambiguous-account,ju1,JÜ@corp.example,2 accounts have this address,jü@corp.example (7)
ambiguous-account,ju2,jü@corp.EXAMPLE,2 accounts have this address,jü@corp.example (7)
ambiguous-account,team,team@corp.example,2 people who are not disabled have this address,a@corp.example (5)|b@corp.example (6)
ambiguous-account,twin,TWINS@corp.example,2 people who are not disabled have this address,Twins@corp.example (2)|twins@corp.example (1)
ambiguous-person,1,twins@corp.example,2 people who are not disabled have this address,twin
ambiguous-person,2,Twins@corp.example,2 people who are not disabled have this address,twin
ambiguous-person,3,gone@corp.example,"2 people have this address, and all are disabled",gone
ambiguous-person,4,gone@corp.example,"2 people have this address, and all are disabled",gone
ambiguous-person,7,jü@corp.example,2 accounts have this address,ju1|ju2
second-account,b2,b2@corp.example,the person is matched to the account b,b@corp.example (6)
`
	if diff := cmp.Diff(strings.ReplaceAll(want, "JÜ@", "JU\u0308@"), strings.ReplaceAll(b.String(), "ju\u0308@corp.EXAMPLE", "jü@corp.EXAMPLE")); diff != "" {
		t.Errorf("review (-want +got):\n%s", diff)
	}
}
