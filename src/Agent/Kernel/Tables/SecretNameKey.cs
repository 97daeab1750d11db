using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Agent.Core.Detection;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>struct secret_name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SecretNameKey
{
    private fixed byte folder[WireLimits.SecretFolderBytes];
    private fixed byte file[WireLimits.SecretFileBytes];

    internal static SecretNameKey Of(CredentialFile name)
    {
        var key = default(SecretNameKey);
        Copy(name.Folder, new Span<byte>(key.folder, WireLimits.SecretFolderBytes));
        Copy(name.File, new Span<byte>(key.file, WireLimits.SecretFileBytes));
        return key;
    }

    /// <summary>Cut off as the kernel side cuts off what it compares: the last byte stays NUL.</summary>
    private static void Copy(string text, Span<byte> field)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length - 1)).CopyTo(field);
    }
}
