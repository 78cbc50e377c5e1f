package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/internal/testca"
)

// The documentation's blocks of code are of three kinds:
//
//   - sh: commands, each of which has to succeed;
//   - console: commands behind "$ ", with what they print;
//   - everything else is not run, and so must not hold a command of ours.
//
// A document's blocks run one after the other in a folder of their own. Lines
// that leave a value to the reader ("…") are not run: the test sets it.

// TestEveryCommandOfTheDocumentationWorks runs them against the sample company.
func TestEveryCommandOfTheDocumentationWorks(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	company := serveCompany(t)
	for _, document := range append(documents, "../../README.md") {
		t.Run(filepath.Base(document), func(t *testing.T) {
			content, err := os.ReadFile(document)
			if err != nil {
				t.Fatal(err)
			}
			session := company.session(t)
			for _, block := range blocksOf(string(content)) {
				switch block.language {
				case "sh":
					commands += strings.Count("\n"+block.text, "\ncohort ")
					if out, code := session.run(t, block.text); code != 0 {
						t.Errorf("%s:%d: exit code %d\n%s", document, block.line, code, out)
					}
				case "console":
					commands += strings.Count("\n"+block.text, "\n$ cohort ")
					session.compare(t, document, block)
				default:
					if regexp.MustCompile(`(?m)^(\$ )?cohort `).MatchString(block.text) {
						t.Errorf("%s:%d: a block of %q has a command that no test runs", document, block.line, block.language)
					}
				}
			}
		})
	}
	if commands < 20 {
		t.Errorf("only %d commands were found", commands)
	}
}

// block is one block of code of a document.
type block struct {
	language, text string
	line           int // of its first line of text
}

// blocksOf finds the fenced blocks of a document (CommonMark, section 4.5).
func blocksOf(document string) []block {
	var blocks []block
	inside := false
	for i, line := range strings.Split(document, "\n") {
		language, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && !inside:
			blocks = append(blocks, block{language: language, line: i + 2})
		case !isFence && inside:
			blocks[len(blocks)-1].text += line + "\n"
		}
		inside = inside != isFence
	}
	return blocks
}

// company is the sample company behind the names that the documentation uses.
type company struct {
	names    *strings.Replacer // to those of the servers
	back     *strings.Replacer
	settings []string
	exports  string // what Coder's own command wrote
}

func serveCompany(t *testing.T) company {
	t.Helper()
	ca := testca.New(t)
	certificate := ca.Issue(t)
	people := samplePeople(t)
	directory := serveDirectory(t, people, fixtures.LDAPOptions{LDAPS: true, TLS: certificate.Config()})
	activity, err := fixtures.Activity(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	deployment := serveDeployment(t, sampleUsers(t), fixtures.CoderOptions{
		Activity: activity, TLS: &tls.Config{Certificates: certificate.Config().Certificates},
	})
	org, orgCA := serveOrg(t, fixtures.Okta(people), fixtures.OktaOptions{})
	exports, err := filepath.Abs("../../coder/testdata/export")
	if err != nil {
		t.Fatal(err)
	}
	return company{
		exports: exports,
		names: strings.NewReplacer(
			"ldaps://ldap.corp.example", directory.URL,
			"ldaps://dc1.corp.example", directory.URL,
			"cohort@corp.example", directory.BindDN,
			"https://coder.corp.example", deployment.URL,
			"okta://acme.okta.com", org.URL,
		),
		back: strings.NewReplacer(
			directory.URL, "ldaps://ldap.corp.example",
			deployment.URL, "https://coder.corp.example",
			org.URL, "okta://acme.okta.com",
		),
		settings: []string{
			"COHORT_LDAP_PASSWORD=" + directory.Password,
			"CODER_SESSION_TOKEN=" + deployment.Token,
			"OKTA_CLIENT_TOKEN=" + org.Token,
			"LDAPTLS_CACERT=" + ca.File,
			"CODER_CLIENT_TLS_CA_FILE=" + ca.File,
			"COHORT_OKTA_CA_FILE=" + orgCA,
		},
	}
}

// session is a folder in which one document's commands run.
type session struct {
	company
	folder string
}

func (c company) session(t *testing.T) *session {
	t.Helper()
	folder := t.TempDir()
	files := os.DirFS("testdata/docs")
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
	return &session{company: c, folder: folder}
}

// run runs lines of shell, and gives what they printed on both streams.
func (s *session) run(t *testing.T, lines string) (string, int) {
	t.Helper()
	var script strings.Builder
	for line := range strings.Lines(lines) {
		if !strings.Contains(line, "…") {
			script.WriteString(s.names.Replace(line))
		}
	}
	shell := exec.CommandContext(t.Context(), "sh", "-e", "-c", script.String())
	shell.Dir = s.folder
	shell.Env = append([]string{
		// The test's own binary is cohort; "coder" is a script in the folder.
		"PATH=" + filepath.Join(s.folder, "bin") + ":" + os.Getenv("PATH"),
		"CODER_EXPORTS=" + s.exports,
		"HOME=" + s.folder, "XDG_CONFIG_HOME=" + filepath.Join(s.folder, ".config"),
	}, s.settings...)
	out, err := shell.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.back.Replace(string(out)), shell.ProcessState.ExitCode()
}

// compare runs the commands of a block behind their prompts, and compares what
// each prints.
func (s *session) compare(t *testing.T, document string, b block) {
	t.Helper()
	for _, entry := range strings.Split("\n"+b.text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(entry, "\n")
		for strings.HasSuffix(command, `\`) {
			var more string
			more, want, _ = strings.Cut(want, "\n")
			command += "\n" + more
		}
		got, _ := s.run(t, command+"\n")
		if diff := compareLoosely(want, got); diff != "" {
			t.Errorf("%s:%d: %s (-want +got):\n%s", document, b.line, command, diff)
		}
	}
}

// compareLoosely takes a line "..." for any lines, any time for any other, and
// any blanks and line feeds for others: a document shows what an 80-column
// terminal shows, and here is none.
func compareLoosely(want, got string) string {
	const anything = "\n...\n"
	var parts []string
	for part := range strings.SplitSeq("\n"+want+"\n", anything) {
		parts = append(parts, regexp.QuoteMeta(wordsOf(part)))
	}
	if regexp.MustCompile(`^` + strings.Join(parts, ".*") + `$`).MatchString(wordsOf(got)) {
		return ""
	}
	return cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n"))
}

// wordsOf are those of a text, with what differs between runs made the same.
func wordsOf(text string) string {
	times := regexp.MustCompile(`\b\d+(\.\d+)?m?s\b|\b127\.0\.0\.1:\d+\b`)
	return times.ReplaceAllString(strings.Join(strings.Fields(text), " "), "SOME")
}

// TestEveryErrorOfTheDocumentationIsSaid looks for the words of the table of
// errors in the program's source: a table that quotes what is not said any more
// helps nobody.
func TestEveryErrorOfTheDocumentationIsSaid(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(readme), "| it says | so |\n")
	if !found {
		t.Fatal("there is no table of errors")
	}
	source := sourceText(t)
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		if strings.HasPrefix(line, "|---") {
			continue
		}
		rows++
		quoted := regexp.MustCompile("`([^`]+)`").FindStringSubmatch(line)
		if quoted == nil || !bytes.Contains(source, []byte(quoted[1])) {
			t.Errorf("nothing says what this row quotes: %s", line)
		}
	}
	if rows < 10 {
		t.Errorf("only %d rows", rows)
	}
}

// sourceText is all of the program's own source.
func sourceText(t *testing.T) []byte {
	t.Helper()
	var all []byte
	for _, folder := range []string{".", "../../coder", "../../idp", "../../internal/transport", "../../join"} {
		err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			all = append(all, content...)
			return err
		})
		if err != nil {
			t.Fatal(fmt.Errorf("read the source: %w", err))
		}
	}
	return all
}
