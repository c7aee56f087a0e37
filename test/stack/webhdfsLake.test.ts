import { lakeContract } from "../contract/lake.js"
import { lakeProcessesContract } from "../contract/lakeProcesses.js"
import { freshFolder, namesIn, openTestLake, stackHdfs, webhdfs } from "./support/hdfs.js"

lakeContract("WebHDFS", async () => {
  const hdfs = stackHdfs()
  const folder = freshFolder()
  return {
    lake: openTestLake({ folder }),
    connect: async () => openTestLake({ folder }),
    plant: async (path, content) => {
      await webhdfs(hdfs, "PUT", `${folder}/${path}`, "op=CREATE", content)
    },
    names: path => namesIn(hdfs, `${folder}/${path}`),
    cleanup: async () => {
      await webhdfs(hdfs, "DELETE", folder, "op=DELETE&recursive=true")
    },
  }
})

lakeProcessesContract("WebHDFS", async () => {
  const hdfs = stackHdfs()
  const folder = freshFolder()
  const cleanup = async () => {
    await webhdfs(hdfs, "DELETE", folder, "op=DELETE&recursive=true")
  }
  return { lake: openTestLake({ folder }), place: ["webhdfs", hdfs.url, folder], cleanup }
})
