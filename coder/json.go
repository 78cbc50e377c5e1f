package coder

import (
	"errors"
	"fmt"
	"strings"

	"cohort/internal/jsontext"
)

// scanner reads JSON, the lists of users and the reports of their usage.
type scanner = jsontext.Scanner[string]

// newScanner begins a text. Half a character is an error, since nothing may be
// lost of a name. Coder nests five arrays and objects at most.
func newScanner(text string) scanner {
	return scanner{Text: text, Deepest: 64, WholePairs: true}
}

// inWords is an error of the scanner as users are told it.
func inWords(err error) error {
	wrong, ok := errors.AsType[*jsontext.Error](err)
	if !ok {
		return err
	}
	switch wrong.Kind {
	case jsontext.Misplaced:
		return fmt.Errorf("%s where %s should be", wrong.Quoted(), wrong.Wanted)
	case jsontext.Unescaped:
		return errors.New("a control character in a string")
	case jsontext.HalfPair:
		return errors.New("half a pair of surrogates in a string")
	case jsontext.TooDeep:
		return fmt.Errorf("more than %d arrays and objects inside each other", wrong.Deepest)
	case jsontext.NoEscape:
		if strings.HasPrefix(wrong.Found, `\u`) {
			return errors.New(`four hexadecimal digits should be after \u`)
		}
		return fmt.Errorf("%s in a string", oneLine(wrong.Found))
	default:
		return err
	}
}
