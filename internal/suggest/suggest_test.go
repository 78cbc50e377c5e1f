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
