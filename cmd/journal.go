package cmd

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// journalFile is where the live run of a connector keeps its journal: in the
// user's cache, under a name made of the connector and the API's address. It is
// "" where there is no such folder.
func journalFile(connector, baseURL string) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	if absolute, err := filepath.Abs(connector); err == nil {
		connector = absolute
	}
	name := sha256.Sum256([]byte(connector + "\x00" + baseURL))
	file := filepath.Join(cache, "precert", "journal", hex.EncodeToString(name[:8])+".jsonl")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return ""
	}
	return file
}
