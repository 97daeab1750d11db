using System.Collections.Immutable;

namespace Sallyport.Agent.Control;

/// <summary>
/// What <c>internal launch</c> is to start, and as whom. Bytes, not text, for arguments and environment: a command
/// line may hold any byte but NUL, and passes unchanged.
/// </summary>
/// <param name="Arguments">argv, at least one.</param>
/// <param name="Environment">Entries <c>NAME=value</c>.</param>
/// <param name="User">uid, or null to stay as it is.</param>
/// <param name="Group">gid.</param>
/// <param name="Groups">Supplementary groups.</param>
/// <param name="IgnoredSignals">Bit n-1 for signal n.</param>
/// <param name="BlockedSignals">Bit n-1 for signal n.</param>
/// <param name="Descriptors">Those from 3 up that the command is to have.</param>
/// <param name="Overlays">Files that the command is to see in the place of others.</param>
internal sealed record LaunchOrder(
    ImmutableArray<byte[]> Arguments,
    ImmutableArray<byte[]> Environment,
    uint? User,
    uint Group,
    ImmutableArray<uint> Groups,
    ulong IgnoredSignals,
    ulong BlockedSignals,
    ImmutableArray<int> Descriptors,
    ImmutableArray<FileOverlay> Overlays)
{
    /// <summary>Bound on one list: ARG_MAX with one-byte arguments stays below it.</summary>
    private const int MaximumItems = 4 << 20;

    internal void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        Write(writer, Arguments);
        Write(writer, Environment);
        writer.Write(User is not null);
        writer.Write(User ?? 0);
        writer.Write(Group);
        writer.Write(Groups.Length);
        foreach (var group in Groups)
        {
            writer.Write(group);
        }

        writer.Write(IgnoredSignals);
        writer.Write(BlockedSignals);
        writer.Write(Descriptors.Length);
        foreach (var descriptor in Descriptors)
        {
            writer.Write(descriptor);
        }

        writer.Write(Overlays.Length);
        foreach (var overlay in Overlays)
        {
            writer.Write(overlay.File);
            writer.Write(overlay.Place);
        }
    }

    /// <summary>Throws EndOfStreamException when the agent went before it had said everything.</summary>
    internal static LaunchOrder Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        var arguments = ReadList(reader, r => r.ReadBytes(r.ReadInt32()));
        var environment = ReadList(reader, r => r.ReadBytes(r.ReadInt32()));
        var drops = reader.ReadBoolean();
        var user = reader.ReadUInt32();
        return new LaunchOrder(
            arguments,
            environment,
            drops ? user : null,
            reader.ReadUInt32(),
            ReadList(reader, r => r.ReadUInt32()),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            ReadList(reader, r => r.ReadInt32()),
            ReadList(reader, r => new FileOverlay(r.ReadString(), r.ReadString())));
    }

    private static void Write(BinaryWriter writer, ImmutableArray<byte[]> list)
    {
        writer.Write(list.Length);
        foreach (var item in list)
        {
            writer.Write(item.Length);
            writer.Write(item);
        }
    }

    private static ImmutableArray<T> ReadList<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > MaximumItems)
        {
            throw new InvalidDataException($"a list of {count} items; at most {MaximumItems} are read");
        }

        var list = ImmutableArray.CreateBuilder<T>();
        for (var i = 0; i < count; i++)
        {
            list.Add(read(reader));
        }

        return list.ToImmutable();
    }
}
