package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"cohort/internal/fault"
)

// questions are asked on standard error and answered on standard input, one a
// line, by a person or by a script.
type questions struct {
	ctx     context.Context
	to      io.Writer
	answers <-chan string // closed at the end of the input
	// isTyped says that a terminal shows the answers as they are typed.
	isTyped bool
}

func newQuestions(ctx context.Context, w world) *questions {
	answers := make(chan string)
	go func() {
		defer close(answers)
		lines := bufio.NewScanner(w.stdin)
		for lines.Scan() {
			select {
			case answers <- lines.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	q := &questions{ctx: ctx, to: w.stderr, answers: answers}
	if file, ok := w.stdin.(*os.File); ok {
		q.isTyped = term.IsTerminal(int(file.Fd()))
	}
	return q
}

func (q *questions) say(text string) { fmt.Fprintln(q.to, text) }

// ask gives the answer that accept takes, which may put it into another form;
// with a nil accept any will do. An empty one is standard, which is shown.
func (q *questions) ask(question, standard string, accept func(string) (string, error)) (string, error) {
	for {
		prompt := question
		if standard != "" {
			prompt += " [" + standard + "]"
		}
		fmt.Fprint(q.to, prompt+": ")
		answer, err := q.answer()
		if err != nil {
			return "", err
		}
		if answer == "" {
			answer = standard
		}
		if accept == nil {
			return answer, nil
		}
		accepted, err := accept(answer)
		if err == nil {
			return accepted, nil
		}
		q.say("  " + oneLine(err.Error()))
	}
}

func (q *questions) answer() (string, error) {
	select {
	case line, ok := <-q.answers:
		if !q.isTyped || !ok {
			q.say("")
		}
		if !ok {
			return "", fault.New(fault.Usage, "run cohort init again", "the answers ended early, and nothing was written")
		}
		return strings.TrimSpace(line), nil
	case <-q.ctx.Done():
		q.say("")
		return "", q.ctx.Err()
	}
}

// yes asks for a decision, and takes no answer for no.
func (q *questions) yes(question string) (bool, error) {
	answer, err := q.ask(question+" (yes or no)", "no", func(answer string) (string, error) {
		switch strings.ToLower(answer) {
		case "y", "yes":
			return "yes", nil
		case "n", "no":
			return "no", nil
		default:
			return "", fmt.Errorf("yes or no")
		}
	})
	return answer == "yes", err
}
