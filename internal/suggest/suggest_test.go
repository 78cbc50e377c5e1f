package suggest_test

import (
	"testing"

	"cohort/internal/suggest"
)

func TestNearest(t *testing.T) {
	candidates := []string{"email", "manager_email", "title", "coder_user", "city"}
	for name, want := range map[string]string{
		"mangaer_email": "manager_email",
		"ManagerEmail":  "manager_email",
		"coder-user":    "coder_user",
		"mail":          "email",
		"titel":         "title",
		"ciyt":          "city",
		"roomNumber":    "",
		"":              "",
	} {
		if got := suggest.Nearest(name, candidates); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	for name, want := range map[string]string{"titel": "did you mean title?", "roomNumber": "allowed are title and city"} {
		if got := suggest.Hint(name, []string{"title", "city"}, "allowed are title and city"); got != want {
			t.Errorf("of %s it says %q, want %q", name, got, want)
		}
	}
}
