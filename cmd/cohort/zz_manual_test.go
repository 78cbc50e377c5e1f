package main

import (
	"os"
	"testing"
	"time"

	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

func TestZZManual(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	directory := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20000), TLS: &certificate, SizeLimit: 500})
	d := accounts(t, []string{"person.1@example.com", "person.2@example.com"})
	os.WriteFile("/tmp/check/tmp/password", []byte(directory.Password), 0o600)
	os.WriteFile("/tmp/check/tmp/token", []byte(d.Token), 0o600)
	b, _ := os.ReadFile(ca.File)
	os.WriteFile("/tmp/check/tmp/ca.pem", b, 0o600)
	os.WriteFile("/tmp/check/tmp/env", []byte("L="+directory.LDAPSURL+"\nP="+directory.URL+"\nC="+d.URL+"\nDN="+directory.BindDN+"\nB="+directory.Base+"\n"), 0o600)
	time.Sleep(500 * time.Second)
}
