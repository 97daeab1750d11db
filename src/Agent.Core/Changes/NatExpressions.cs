using System.Buffers.Binary;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Core.Changes;

/// <summary>
/// Whether a rule of nf_tables sends packets elsewhere: a list (NFTA_LIST_ELEM) of expressions, each with its name and
/// data. iptables writes some of its targets as an expression "target" with the target's own name in it.
/// </summary>
internal static class NatExpressions
{
    private const ushort ExpressionName = 1;
    private const ushort ExpressionData = 2;
    private const ushort TargetName = 1;

    public static bool Any(ReadOnlySpan<byte> expressions)
    {
        while (expressions.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(expressions);
            if (length < 4 || length > expressions.Length)
            {
                return false;
            }

            if (IsNat(expressions[4..length]))
            {
                return true;
            }

            expressions = expressions[Math.Min(expressions.Length, (length + 3) & ~3)..];
        }

        return false;
    }

    private static bool IsNat(ReadOnlySpan<byte> expression) =>
        ChangeText.Of(NetlinkReader.Attribute(expression, ExpressionName)) switch
        {
            "nat" or "masq" or "redir" or "tproxy" or "dup" or "fwd" => true,
            "target" => IsNatTarget(
                NetlinkReader.Attribute(NetlinkReader.Attribute(expression, ExpressionData), TargetName)),
            _ => false,
        };

    private static bool IsNatTarget(ReadOnlySpan<byte> name) => ChangeText.Of(name)
        is "DNAT" or "SNAT" or "MASQUERADE" or "REDIRECT" or "NETMAP" or "TPROXY" or "TEE" or "DNPT" or "SNPT";
}
