package textfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// mark is the byte order mark.
const mark = "\ufeff"

func utf16Of(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func read(r io.Reader) (string, error) {
	decoded, err := textfile.NewReader(r)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(decoded)
	return string(text), err
}

func TestEveryEncodingGivesTheSameText(t *testing.T) {
	for _, text := range []string{
		"", "a", "[]", "email\r\nada@example.com\r\n", "name\nLøve, 李小龙, 👩🏽‍💻\n",
		strings.Repeat("ø", 5000), "x" + strings.Repeat("👍", 5000), strings.Repeat("abc\n", 70_000),
	} {
		files := map[string]string{
			"UTF-8":                            text,
			"UTF-8 with a byte order mark":     mark + text,
			"UTF-16LE with a byte order mark":  utf16Of(binary.LittleEndian, mark+text),
			"UTF-16BE with a byte order mark":  utf16Of(binary.BigEndian, mark+text),
			"UTF-16LE without byte order mark": utf16Of(binary.LittleEndian, text),
			"UTF-16BE without byte order mark": utf16Of(binary.BigEndian, text),
		}
		for encoding, file := range files {
			if r, _ := utf8.DecodeRuneInString(text); r >= utf8.RuneSelf && strings.HasSuffix(encoding, "without byte order mark") {
				continue // Nothing tells such a text from UTF-8.
			}
			for chunks, wrap := range map[string]func(io.Reader) io.Reader{
				"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "with its end": iotest.DataErrReader,
			} {
				got, err := read(wrap(strings.NewReader(file)))
				if err != nil || got != text {
					t.Errorf("%.20q in %s, %s: got %.40q, error %v", text, encoding, chunks, got, err)
				}
			}
		}
	}
}

func TestWhatIsNotValidIsAnErrorWithItsLine(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"a letter of Windows-1252", "name\nL\xf8ve\n", "line 2 is not valid UTF-8"},
		{"a letter of Windows-1252 far down", strings.Repeat("12345678901\n", 5000) + "\xf8", "line 5001 is not valid UTF-8"},
		{"a surrogate in UTF-8", "\xed\xa0\x80", "line 1 is not valid UTF-8"},
		{"half a pair of surrogates", "\xfe\xff\xd8\x3d\x00a", "line 1 is not valid UTF-16"},
		{"surrogates the wrong way round", "\xfe\xff\xdc\x3d\xd8\x3d", "line 1 is not valid UTF-16"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32"},
		{"UTF-32 without a byte order mark", "a\x00\x00\x00", "UTF-32"},
		{"UTF-32 the other way round", "\x00\x00\xfe\xff", "UTF-32"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(test.file), iotest.OneByteReader(strings.NewReader(test.file))} {
				_, err := read(r)
				if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %v, want a usage error with %q", err, test.want)
				}
			}
		})
	}
}

func TestAnEndWithinACharacterIsACutFile(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"a character cut off", "a\n\n\xe2\x82", "within a character, in line 3"},
		{"an odd number of bytes", utf16Of(binary.LittleEndian, mark+"a\nb") + "c", "within a character, in line 2"},
		{"half a pair of surrogates at the end", "\xff\xfea\x00\n\x00\x3d\xd8", "within a character, in line 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(test.file), iotest.OneByteReader(strings.NewReader(test.file))} {
				_, err := read(r)
				if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %v, want one of the source with %q", err, test.want)
				}
			}
		})
	}
}

func TestAFailingReadIsNoEndOfFile(t *testing.T) {
	failure := errors.New("the disk is gone")
	for _, before := range []string{"", "\xff\xfe", mark + "email\n", "\xff\xfea\x00b"} {
		_, err := read(io.MultiReader(strings.NewReader(before), iotest.ErrReader(failure)))
		if !errors.Is(err, failure) {
			t.Errorf("after %q: got error %v, want %v", before, err, failure)
		}
	}
}

func FuzzNewReader(f *testing.F) {
	for _, file := range []string{"a\n", mark + "ø", "\xff\xfea\x00", "\xfe\xff\xd8\x3d\xdc\x4d", "\xf8", "a\x00\x00\x00", "\x00"} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		text, err := read(bytes.NewReader(file))
		if !utf8.ValidString(text) {
			t.Errorf("%q is not UTF-8", text)
		}
		slow, slowErr := read(iotest.OneByteReader(bytes.NewReader(file)))
		if text != slow || (err == nil) != (slowErr == nil) {
			t.Errorf("read at once %q, %v; byte by byte %q, %v", text, err, slow, slowErr)
		}
		if err != nil {
			return
		}
		// What was read must be the whole file: written again, it is as it was.
		again := []string{text, mark + text}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			again = append(again, utf16Of(order, text), utf16Of(order, mark+text))
		}
		for _, same := range again {
			if same == string(file) {
				return
			}
		}
		t.Errorf("%q gave %q", file, text)
	})
}
