using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>getxattr(2); with a size of 0 it gives how many bytes there are, negative when there is no such attribute.</summary>
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint getxattr(string path, string name, byte* value, nuint size);
    }
}
