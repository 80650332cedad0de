// Writes the seeds of tests/fuzz/corpus/signed_note with Go's golang.org/x/mod/sumdb/note, and the key of
// tests/testdata/merkle. Not part of any build. By hand, where Go is at hand, from the root of the project:
//
//	go mod init seeds && go get golang.org/x/mod && go run tests/fuzz/generate-notes.go
//
// and take go.mod and go.sum away again.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const folder = "tests/fuzz/corpus/signed_note/"

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}

// The key of a name that is made from a text, as note.NewSigner and note.NewVerifier take it.
func pair(name, secret string) (note.Signer, string) {
	seed := sha256.Sum256([]byte(secret))
	public := append([]byte{1}, ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)...)
	id := sha256.Sum256(append([]byte(name+"\n"), public...))
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%x+%s", name, id[:4], base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...)))
	return must(note.NewSigner(skey)), fmt.Sprintf("%s+%x+%s", name, id[:4], base64.StdEncoding.EncodeToString(public))
}

func write(name string, text []byte) {
	if err := os.WriteFile(folder+name, text, 0o644); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	log, vkey := pair("ca.example.com/log", "chancery test log key")
	witness, _ := pair("witness.example", "a witness")
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var list []tlog.Hash
		for _, index := range indexes {
			list = append(list, stored[index])
		}
		return list, nil
	})
	for n := int64(0); n < 8; n++ {
		stored = append(stored, must(tlog.StoredHashes(n, []byte(fmt.Sprintf("entry %d", n)), read))...)
	}
	text := fmt.Sprintf("ca.example.com/log\n8\n%s\n", must(tlog.TreeHash(8, read)))
	sign := func(text string, signers ...note.Signer) []byte {
		return must(note.Sign(&note.Note{Text: text}, signers...))
	}
	write("checkpoint.txt", sign(text, log))
	write("cosigned.txt", sign(text, witness, log))
	write("of-a-witness-alone.txt", sign(text, witness))
	write("extended.txt", sign(text+"an extension\n", log))
	write("with-an-empty-line.txt", sign("a note\n\nof two parts\n", log))
	write("of-another-origin.txt", sign("elsewhere.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", log))
	write("unicode.txt", sign("Zo\u00eb \u2014 \U0001f511\n", log))
	write("empty-text.txt", sign("\n", log))
	write("twice.txt", bytes.Replace(sign(text, log, witness), []byte("\n\n"), []byte("\nmore\n\n"), 1)) // signs another text
	write("key.txt", []byte(vkey+"\n"))
	write("changes.txt", []byte("!00A"))
	write("changed-size.hex", []byte("21001339\n"))
	write("no-signature.txt", []byte(text+"\n"))
	write("unsigned.txt", []byte(text))
}
