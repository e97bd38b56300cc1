// Checks a checkpoint of returnhub and the cosignatures under it with what the Go checksum database is
// checked with, golang.org/x/mod/sumdb/note. That package knows the log's signature; the cosignature of a
// witness (c2sp.org/tlog-cosignature) is a verifier of its kind, written here from the specification.
//
//	cosigned LOG-KEY-FILE CHECKPOINT-FILE WITNESS-KEY-FILE...
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

func fail(format string, arguments ...interface{}) {
	fmt.Printf("FAULT "+format+"\n", arguments...)
	os.Exit(1)
}

const cosignature = 4

type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	w.time = binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", w.time, text)
	return ed25519.Verify(w.key, []byte(message), signature[8:])
}

// name+hex(key id)+base64(0x04 || public key)
func readWitness(text string) (*witness, error) {
	parts := strings.SplitN(strings.TrimSpace(text), "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a key")
	}
	data, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(data) != 1+ed25519.PublicKeySize || data[0] != cosignature {
		return nil, errors.New("not the key of a witness")
	}
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	if fmt.Sprintf("%x", hash[:4]) != parts[1] {
		return nil, errors.New("another key id")
	}
	return &witness{name: parts[0], hash: binary.BigEndian.Uint32(hash[:]), key: data[1:]}, nil
}

func readFile(path string) string {
	bytes, err := os.ReadFile(path)
	if err != nil {
		fail("%v", err)
	}
	return string(bytes)
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: cosigned LOG-KEY-FILE CHECKPOINT-FILE WITNESS-KEY-FILE...")
	}
	log, err := note.NewVerifier(strings.TrimSpace(readFile(os.Args[1])))
	if err != nil {
		fail("%s: %v", os.Args[1], err)
	}
	verifiers := []note.Verifier{log}
	for _, path := range os.Args[3:] {
		witness, err := readWitness(readFile(path))
		if err != nil {
			fail("%s: %v", path, err)
		}
		verifiers = append(verifiers, witness)
	}
	opened, err := note.Open([]byte(readFile(os.Args[2])), note.VerifierList(verifiers...))
	if err != nil {
		fail("%v", err)
	}
	if len(opened.Sigs) != len(verifiers) {
		fail("%d of %d signed", len(opened.Sigs), len(verifiers))
	}
	for _, signature := range opened.Sigs {
		fmt.Println("signed by", signature.Name)
	}
}
