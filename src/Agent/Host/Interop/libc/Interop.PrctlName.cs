using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>prctl(2) with PR_SET_NAME: at most 15 bytes are kept.</summary>
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8, EntryPoint = "prctl")]
        internal static partial int prctl_name(int option, string name);
    }
}
