using System.Runtime.InteropServices;
using System.Text;

namespace Sallyport.Agent.Kernel;

/// <summary>struct name_key: the name reversed, so that a zone is a prefix.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NameKey
{
    internal uint Prefix;
    internal NameBytes Name;

    /// <summary>"moc.elpmaxe\0" is the name itself, "moc.elpmaxe." all names below it.</summary>
    // `name` is canonical: lower case, A-labels, no trailing dot; false when it is longer than a key.
    internal static bool TryOf(string name, bool wildcard, out NameKey key)
    {
        key = default;
        if (name.Length > NameBytes.Length - 2)
        {
            return false;
        }

        Span<byte> text = key.Name;
        var length = Encoding.ASCII.GetBytes(name, text);
        text[..length].Reverse();
        text[length] = wildcard ? (byte)'.' : (byte)0;
        key.Prefix = (uint)(length + 1) * 8;
        return true;
    }
}
