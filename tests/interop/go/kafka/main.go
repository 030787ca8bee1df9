// A Kafka broker in memory, and a consumer of one topic of it.
//
// Prints where the broker listens, and then the value of each message as one line of base64. Ends at the end of
// its standard input.
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

func consume(ctx context.Context, client *kgo.Client) {
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return
		}
		fetches.EachRecord(func(record *kgo.Record) {
			fmt.Println(base64.StdEncoding.EncodeToString(record.Value))
		})
	}
}

func main() {
	topic := os.Args[1]
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topic))
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics(topic))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.ListenAddrs()[0])
	ctx, cancel := context.WithCancel(context.Background())
	go consume(ctx, client)
	_, _ = io.Copy(io.Discard, os.Stdin)
	cancel()
}
