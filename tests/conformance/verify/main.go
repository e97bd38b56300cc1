// Checks a log that returnhub exported with what the Go checksum database is checked with,
// golang.org/x/mod/sumdb/note and tlog, and nothing of returnhub's: the signature of the checkpoint, its
// growth from an older one, every hash of every tile, every entry; that each tile that a log of this size
// has was looked at.
//
//	verify PUBLIC-KEY-FILE FOLDER [OLDER-CHECKPOINT]
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, arguments ...interface{}) {
	fmt.Printf("FAULT "+format+"\n", arguments...)
	os.Exit(1)
}

// A checkpoint is a note of three lines: origin, size, root (c2sp.org/tlog-checkpoint).
func openCheckpoint(path string, verifier note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	message, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tree, errors.New("not the three lines of a checkpoint")
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, errors.New("the size is no number")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize || base64.StdEncoding.EncodeToString(root) != lines[2] {
		return tree, errors.New("the root is no hash")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

// Reads tiles from the folder. Their names there lack the height, which is always 8.
type folderReader struct {
	folder string
	seen   map[string]bool
}

func (reader *folderReader) Height() int { return 8 }

func (reader *folderReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (reader *folderReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		bytes, err := os.ReadFile(filepath.Join(reader.folder, pathOf(tile)))
		if err != nil {
			return nil, err
		}
		reader.seen[pathOf(tile)] = true
		data = append(data, bytes)
	}
	return data, nil
}

func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

func splitBundle(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, errors.New("ends in a length")
		}
		size := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+size {
			return nil, errors.New("ends in an entry")
		}
		entries = append(entries, bundle[2:2+size])
		bundle = bundle[2+size:]
	}
	return entries, nil
}

// Every entry, against the hash of it that leads to the root.
func checkEntries(folder string, tree tlog.Tree, hashes tlog.HashReader) {
	for first := int64(0); first < tree.N; first += 256 {
		width := tree.N - first
		if width > 256 {
			width = 256
		}
		path := pathOf(tlog.Tile{H: 8, L: -1, N: first / 256, W: int(width)})
		bundle, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			fail("%v", err)
		}
		entries, err := splitBundle(bundle)
		if err != nil || int64(len(entries)) != width {
			fail("%s: %d entries, %v", path, len(entries), err)
		}
		var indexes []int64
		for i := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			fail("%s: %v", path, err)
		}
		for i, entry := range entries {
			if leaves[i] != tlog.RecordHash(entry) {
				fail("%s: entry %d is not the one in the tree", path, first+int64(i))
			}
		}
	}
}

// The tiles that a log of this size has, at every level; at each the last may be narrower.
func checkTiles(size int64, seen map[string]bool) {
	for level := 0; size > 0; level++ {
		for first := int64(0); first < size; first += 256 {
			width := size - first
			if width > 256 {
				width = 256
			}
			path := pathOf(tlog.Tile{H: 8, L: level, N: first / 256, W: int(width)})
			if !seen[path] {
				fail("%s was not looked at", path)
			}
			delete(seen, path)
		}
		size /= 256
	}
	for path := range seen {
		fail("%s is no tile of this log", path)
	}
}

func checkGrowth(older, tree tlog.Tree, hashes tlog.HashReader) {
	if older.N > tree.N {
		fail("rollback: from %d to %d entries", older.N, tree.N)
	}
	if older.N == 0 {
		return
	}
	proof, err := tlog.ProveTree(tree.N, older.N, hashes)
	if err != nil {
		fail("growth: %v", err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		fail("growth from %d entries: %v", older.N, err)
	}
	fmt.Printf("grew from %d entries (%d hashes)\n", older.N, len(proof))
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: verify PUBLIC-KEY-FILE FOLDER [OLDER-CHECKPOINT]")
	}
	key, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail("%v", err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		fail("%s: %v", os.Args[1], err)
	}
	folder := os.Args[2]
	tree, err := openCheckpoint(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		fail("checkpoint: %v", err)
	}
	reader := &folderReader{folder: folder, seen: map[string]bool{}}
	hashes := tlog.TileHashReader(tree, reader)
	if len(os.Args) > 3 {
		older, err := openCheckpoint(os.Args[3], verifier)
		if err != nil {
			fail("%s: %v", os.Args[3], err)
		}
		checkGrowth(older, tree, hashes)
	}
	checkEntries(folder, tree, hashes)
	tiles := len(reader.seen)
	checkTiles(tree.N, reader.seen)
	fmt.Printf("whole: %d entries, %d tiles\n", tree.N, tiles)
}
