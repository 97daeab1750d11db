using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>mkdirat(2).</summary>
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8, EntryPoint = "mkdirat")]
        internal static partial int mkdirat(SafeFileHandle folder, string path, uint mode);
    }
}
