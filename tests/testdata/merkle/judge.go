// An outside judge of golden.json: the packages of Go's checksum database, golang.org/x/mod/sumdb/{tlog,note}.
// Not part of any build. By hand, where Go is at hand:
//
//	go mod init judge && go get golang.org/x/mod && go run judge.go golden.json
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type golden struct {
	Vkey  string
	Roots []struct {
		Size int64
		Root string
	}
	Inclusions []struct {
		Index, Size int64
		Path        []string
	}
	Consistencies []struct {
		Older, Newer int64
		Path         []string
	}
	Checkpoints []struct {
		Size int64
		Note string
	}
}

func check(ok bool, what string, arguments ...any) {
	if !ok {
		fmt.Printf("wrong: "+what+"\n", arguments...)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}

func same(hashes []tlog.Hash, texts []string) bool {
	if len(hashes) != len(texts) {
		return false
	}
	for i, hash := range hashes {
		if hash.String() != texts[i] {
			return false
		}
	}
	return true
}

func main() {
	var data golden
	check(json.Unmarshal(must(os.ReadFile(os.Args[1])), &data) == nil, "not JSON")
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var list []tlog.Hash
		for _, index := range indexes {
			list = append(list, stored[index])
		}
		return list, nil
	})
	for n := int64(0); n < 1000; n++ {
		stored = append(stored, must(tlog.StoredHashes(n, []byte(fmt.Sprintf("entry %d", n)), read))...)
	}
	for _, row := range data.Roots {
		if row.Size > 0 { // this version of tlog has another root for the empty tree
			check(must(tlog.TreeHash(row.Size, read)).String() == row.Root, "root of %d", row.Size)
		}
	}
	for _, row := range data.Inclusions {
		check(same(must(tlog.ProveRecord(row.Size, row.Index, read)), row.Path), "inclusion of %d in %d", row.Index, row.Size)
	}
	for _, row := range data.Consistencies {
		if row.Older < row.Newer {
			check(same(must(tlog.ProveTree(row.Newer, row.Older, read)), row.Path), "consistency of %d with %d", row.Older, row.Newer)
		}
	}
	verifiers := note.VerifierList(must(note.NewVerifier(data.Vkey)))
	for _, row := range data.Checkpoints {
		opened := must(note.Open([]byte(row.Note), verifiers))
		check(len(opened.Sigs) == 1, "signatures of %d", row.Size)
	}
	fmt.Println("Go agrees with", os.Args[1])
}
