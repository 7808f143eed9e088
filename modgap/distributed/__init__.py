"""Work on many machines: a corpus is encoded block by block, and an index folder is searched shard by shard.

`parts` cuts the encoding into blocks, `sharded_engine` the search into shards; both run anywhere that maps a function
over tasks. `ray_cluster` maps it over a Ray cluster, and is the only file that imports ray.
"""

from modgap.distributed.parts import encode_in_blocks
from modgap.distributed.ray_cluster import RayCluster
from modgap.distributed.sharded_engine import ShardedEngine

__all__ = ["RayCluster", "ShardedEngine", "encode_in_blocks"]
