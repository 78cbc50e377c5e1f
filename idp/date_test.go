package idp_test

import (
	"testing"

	"cohort/idp"
)

func TestReadDate(t *testing.T) {
	for text, want := range map[string]string{
		"2024-03-01": "2024-03-01", " 2024-03-01 ": "2024-03-01", "2024-03-01T23:00:00Z": "2024-03-01", "2024-03-01T00:30:00.5+05:45": "2024-03-01",
		"2024-03-01 08:00:00": "2024-03-01", "2024-03-01 08:00:00Z": "2024-03-01", "2024-03-01T08:00:00": "2024-03-01", "20240301": "2024-03-01",
		"20240301080000Z": "2024-03-01", "20240301080000.0Z": "2024-03-01", "20240229": "2024-02-29", "20240301080000+0200": "2024-03-01",
		"": "", "2024": "", "3/1/2024": "", "01.03.2024": "", "2023-02-29": "", "2024-13-01": "", "today": "", "133540704000000000": "", "45352": "", "2024-03": "",
	} {
		if got, ok := idp.ReadDate(text); got != want || ok != (want != "") {
			t.Errorf("ReadDate(%q) = %q, %t; want %q", text, got, ok, want)
		}
	}
}

func FuzzReadDateGivesDates(f *testing.F) {
	for _, text := range []string{"2024-03-01", "20240301080000.0Z", "0000-01-01", "99990101"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		date, ok := idp.ReadDate(text)
		if again, isDate := idp.ReadDate(date); ok && (len(date) != 10 || !isDate || again != date) {
			t.Errorf("%q gives %q, which gives %q", text, date, again)
		}
	})
}
