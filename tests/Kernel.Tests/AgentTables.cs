using System.Text;
using System.Text.Json;

namespace Sallyport.Kernel.Tests;

/// <summary>Tables in the kernel of one agent that runs, looked at and written from outside of its job.</summary>
/// <param name="lab">Where it runs.</param>
/// <param name="agent">Its process.</param>
internal sealed class AgentTables(LabNetwork lab, int agent)
{
    /// <summary>Numbers of its tables of that name; none while the agent is off.</summary>
    internal async Task<List<int>> FindAsync(string name)
    {
        const string Id = "map_id:\t";
        var own = Directory.EnumerateFiles($"/proc/{agent}/fdinfo").SelectMany(Lines)
            .Where(line => line.StartsWith(Id, StringComparison.Ordinal)).Select(line => line[Id.Length..]).ToHashSet();
        return [.. (await AskAsync("show", "name", name)).Select(map => map.GetProperty("id").GetInt32()).Where(id => own.Contains($"{id}"))];
    }

    /// <summary>An array, or the one thing that there is; nothing of a table that has gone meanwhile.</summary>
    internal async Task<List<JsonElement>> AskAsync(params string[] arguments)
    {
        var said = string.Empty;
        for (var round = 0; round < 3 && string.IsNullOrWhiteSpace(said); round++)
        {
            said = (await lab.OutsideAsync(["bpftool", "-j", "map", .. arguments])).Output;
        }

        if (string.IsNullOrWhiteSpace(said))
        {
            return []; // no table has the name, or one that was listed has gone
        }

        var root = JsonDocument.Parse(said).RootElement;
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : root.TryGetProperty("error", out _) ? [] : [root];
    }

    /// <summary>
    /// Writes entries until there is no place for more: keys that begin with numbers which nothing of the job has, all with this value.
    /// </summary>
    internal async Task FillAsync(string name, int keyBytes, byte[] value)
    {
        var id = Assert.Single(await FindAsync(name));
        var most = Assert.Single(await AskAsync("show", "id", $"{id}")).GetProperty("max_entries").GetInt32();
        var lines = new StringBuilder();
        var key = new byte[keyBytes];
        for (var i = 0; i < most; i++)
        {
            Assert.True(BitConverter.TryWriteBytes(key, 0x10000000 + i));
            _ = lines.AppendLine($"map update id {id} key {Bytes(key)} value {Bytes(value)}");
        }

        var file = $"fill-{name}";
        await File.WriteAllTextAsync(Path.Combine(lab.WorkFolder, file), lines.ToString());
        // The last ones fail where the table was not empty.
        var filled = await lab.OutsideAsync(["bpftool", "batch", "file", file]);
        Assert.True(filled.ExitCode == 0 || filled.Errors.Contains("Argument list too long", StringComparison.Ordinal), filled.ToString());
    }

    /// <summary>None of a descriptor that has been closed meanwhile.</summary>
    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Bytes(byte[] bytes) => string.Join(' ', bytes);
}
