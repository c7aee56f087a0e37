import type { Cluster, Kafka, PartitionAssigner } from "kafkajs"
import { AssignerProtocol } from "kafkajs"

/**
 * kafkajs's Cluster, the layer below its producers and consumers. kafkajs passes it to partition assigners only, so this
 * asks for a consumer, takes its cluster and never runs it.
 *
 * Why not `admin.fetchTopicOffsets`: it asks for the end of what is **committed**, so that somebody else's open
 * transaction would hold back the head for up to 15 minutes, and acknowledged records would lie beyond it; it asks every
 * partition, so that another realm's broker could stop ours; and it asks twice, one after the other.
 */
export function clusterOf(kafka: Kafka): Cluster {
  let cluster: Cluster | undefined
  const grab: PartitionAssigner = config => {
    cluster = config.cluster
    return onePartition("none", 0)(config)
  }
  kafka.consumer({
    groupId: "never-joined",
    readUncommitted: true,
    allowAutoTopicCreation: false,
    partitionAssigners: [grab],
  })
  if (cluster === undefined)
    throw new Error("kafkajs: expected a cluster for the partition assigner, got none")
  return cluster
}

/** Assigns this one partition to each member; kafkajs's own assigner gives out all partitions, those of every realm. */
export function onePartition(topic: string, partition: number): PartitionAssigner {
  const version = 1
  const userData = Buffer.alloc(0)
  const name = "guildhall-one-partition"
  return () => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }),
    }),
    assign: async ({ members }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [partition] },
          userData,
        }),
      })),
  })
}
