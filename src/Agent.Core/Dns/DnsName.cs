using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Agent.Core.Dns;

/// <summary>
/// A name of a DNS message (RFC 1035 sections 3.1 and 4.1.4), decompressed and in lower case. Kept as it stands on the
/// wire, label by label: a dot inside a label is not a dot between two.
/// </summary>
public sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>Bytes of a name on the wire, lengths and the root included (RFC 1035 section 2.3.4).</summary>
    public const int MaxBytes = 255;

    private const int MaxLabelBytes = 63;
    private const int Pointer = 0xc0;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private readonly byte[] wire;

    private DnsName(byte[] wire) => this.wire = wire;

    /// <summary>Whether every label consists of [a-z0-9_-] alone: the only names that a policy can name.</summary>
    public bool IsPlain
    {
        get
        {
            for (var at = 0; wire[at] != 0; at += wire[at] + 1)
            {
                if (wire.AsSpan(at + 1, wire[at]).ContainsAnyExcept(Plain))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Reads a name.</summary>
    /// <param name="message">The whole message: pointers count from its start.</param>
    /// <param name="start">First byte of the name; any number.</param>
    /// <param name="mayPoint">Whether compression is accepted; in a question it is not.</param>
    /// <param name="name">Set when the result is true.</param>
    /// <param name="end">The byte behind the name, where it stands first.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> message, int start, bool mayPoint, [NotNullWhen(true)] out DnsName? name, out int end)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        var length = 0;
        var at = start;
        var from = start; // a pointer leads to before it, so a loop of them ends
        name = null;
        end = -1;
        while (at >= 0 && at < message.Length)
        {
            int label = message[at];
            if (label >= Pointer)
            {
                var target = at + 1 < message.Length ? ((label & 0x3f) << 8) | message[at + 1] : int.MaxValue;
                if (!mayPoint || target >= from)
                {
                    return false;
                }

                end = end < 0 ? at + 2 : end;
                at = from = target;
                continue;
            }

            if (label > MaxLabelBytes || at + 1 + label > message.Length || length + 1 + label > MaxBytes)
            {
                return false;
            }

            text[length] = (byte)label;
            Lower(message.Slice(at + 1, label), text[(length + 1)..]);
            length += label + 1;
            at += label + 1;
            if (label == 0)
            {
                end = end < 0 ? at : end;
                name = new DnsName(text[..length].ToArray());
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Labels with dots between them, no trailing dot: at most 253 bytes, any bytes unless <see cref="IsPlain"/>.
    /// </summary>
    public byte[] ToText()
    {
        if (wire.Length == 1)
        {
            return [];
        }

        var text = wire[1..^1];
        for (var at = wire[0] + 1; wire[at] != 0; at += wire[at] + 1)
        {
            text[at - 1] = (byte)'.';
        }

        return text;
    }

    /// <inheritdoc/>
    public bool Equals(DnsName? other) => other is not null && wire.AsSpan().SequenceEqual(other.wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(wire);
        return hash.ToHashCode();
    }

    private static void Lower(ReadOnlySpan<byte> label, Span<byte> destination)
    {
        for (var i = 0; i < label.Length; i++)
        {
            destination[i] = label[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(label[i] + 32) : label[i];
        }
    }
}
