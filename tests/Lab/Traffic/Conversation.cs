using System.Net;
using System.Text;

namespace Sallyport.Lab.Traffic;

/// <summary>One TCP connection as a server of the laboratory saw it. Grows while it lasts.</summary>
public sealed class Conversation
{
    private const int MaxBytes = 1 << 20;
    private readonly List<byte> _received = [];
    private readonly Lock _lock = new();
    private string? _serverName;
    private string? _host;

    internal Conversation(IPEndPoint local, IPEndPoint remote)
    {
        Local = local;
        Remote = remote;
    }

    /// <summary>Address and port that the client connected to.</summary>
    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    /// <summary>Name in a complete ClientHello; empty when it had none; null without a complete hello.</summary>
    public string? ServerName
    {
        get => Volatile.Read(ref _serverName);
        internal set => Volatile.Write(ref _serverName, value);
    }

    /// <summary>Host header, or the target of CONNECT; null when no request was read.</summary>
    public string? Host
    {
        get => Volatile.Read(ref _host);
        internal set => Volatile.Write(ref _host, value);
    }

    /// <summary>What the client said, decrypted; at most 1 MiB is kept.</summary>
    public string ReceivedText => Encoding.Latin1.GetString(Snapshot());

    public override string ToString() =>
        $"conversation {Remote} > {Local}, server name {ServerName ?? "-"}, host {Host ?? "-"}, "
        + $"{Snapshot().Length} bytes";

    internal int IndexOf(byte[] bytes) => Snapshot().AsSpan().IndexOf(bytes);

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _received.AddRange(bytes[..Math.Min(bytes.Length, MaxBytes - _received.Count)]);
        }
    }

    private byte[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _received];
        }
    }
}
