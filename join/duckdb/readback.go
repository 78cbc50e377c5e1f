//go:build linux

package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"cohort/idp"
	"cohort/internal/awkward"
	"cohort/join"
)

// readBack writes awkward cells and holds what DuckDB reads to what the
// documentation says of them. An empty cell of CSV is NULL to DuckDB.
func readBack(ctx context.Context, folder string) error {
	var rows [][]string
	texts := awkward.Texts(2000)
	for i := range texts {
		rows = append(rows, []string{texts[i], "x", texts[len(texts)-1-i]})
	}
	for name, encoder := range map[string]func(io.Writer) *join.Encoder{
		"awkward.csv":   func(w io.Writer) *join.Encoder { return join.NewCSV(w, join.CSVOptions{KeepFormulas: true}) },
		"awkward.jsonl": join.NewJSONLines,
	} {
		if err := writeRows(filepath.Join(folder, name), encoder, rows); err != nil {
			return err
		}
	}
	command := exec.CommandContext(ctx, "node", "readback.mjs")
	command.Dir = folder
	command.Stderr = os.Stderr //nolint:forbidigo // a program of its own
	out, err := command.Output()
	if err != nil {
		return fmt.Errorf("read back by DuckDB: %w", err)
	}
	var got struct{ CSV, JSONL [][]string }
	if err := json.Unmarshal(out, &got); err != nil {
		return fmt.Errorf("read back by DuckDB: %w", err)
	}
	if err := sameCells(rows, got.CSV, awkward.InCSV); err != nil {
		return fmt.Errorf("CSV read back by DuckDB: %w", err)
	}
	if err := sameCells(rows, got.JSONL, awkward.InUTF8); err != nil {
		return fmt.Errorf("JSON lines read back by DuckDB: %w", err)
	}
	return nil
}

func writeRows(path string, encoder func(io.Writer) *join.Encoder, rows [][]string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	to := encoder(file)
	to.Header([]string{"first", "second", "third"})
	for _, row := range rows {
		var cells []idp.Value
		for _, text := range row {
			cells = append(cells, idp.Value{Kind: idp.Text, Text: text})
		}
		if err := to.Row(cells); err != nil {
			return err
		}
	}
	if _, err := to.Close(); err != nil {
		return err
	}
	return file.Close()
}

func sameCells(rows [][]string, got [][]string, documented func(string) string) error {
	if len(got) != len(rows) {
		return fmt.Errorf("%d rows of %d", len(got), len(rows))
	}
	for i, row := range rows {
		for j, text := range row {
			read, err := hex.DecodeString(got[i][j])
			if err != nil {
				return err
			}
			if want := documented(text); string(read) != want {
				return fmt.Errorf("row %d: %.80q, want %.80q", i+1, read, want)
			}
		}
	}
	return nil
}
