using System.Diagnostics;
using System.Globalization;

namespace Sallyport.Lab.Processes;

/// <summary>
/// A process that keeps the lock of its address space (mmap_lock): a file system of its own (fuse(4)) never answers a write, one thread
/// writes to a page that is on its way there, another one unmaps that page. Whoever reads its arguments or its environment waits, and so
/// does all on the machine that does (ps, pgrep): it is to live for moments. Killed it does not end before its file system does.
/// </summary>
public sealed class WithheldProcess : IDisposable
{
    /// <summary>
    /// Python 3: <c>withhold(FOLDER)</c> mounts there, as root or in a user namespace of its own, and comes back when the lock is kept, as
    /// another user if it is to. It is given back when <c>server</c>, a process, is killed, which does so itself after a while. Nothing is
    /// mapped from then on.
    /// </summary>
    public const string Script = """
        import ctypes, mmap, os, signal, struct, sys, threading, time
        libc = ctypes.CDLL(None, use_errno=True)
        server = 0
        def attributes(mode):
            return struct.pack('<QQQQQQIIIIIIIIII', 1, 4096, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
        def serve(fuse):
            signal.alarm(60)
            INIT, LOOKUP, GETATTR, OPEN, READ, WRITE = 26, 1, 3, 14, 15, 16
            while True:
                request = os.read(fuse, 1 << 20)
                _, operation, number, node = struct.unpack_from('<IIQQ', request)
                if operation == WRITE:
                    continue
                of_node = attributes(0o40755 if node == 1 and operation == GETATTR else 0o100666)
                answer = {
                    INIT: struct.pack('<IIIIHHIIHH', 7, 31, 65536, 0, 12, 10, 65536, 1, 16, 0) + bytes(28),
                    LOOKUP: struct.pack('<QQQQII', 2, 0, 3600, 3600, 0, 0) + of_node,
                    GETATTR: struct.pack('<QII', 3600, 0, 0) + of_node,
                    OPEN: struct.pack('<QII', 7, 0, 0),
                    READ: bytes(4096),
                }.get(operation)
                os.write(fuse, struct.pack('<IiQ', 16 + len(answer or b''), 0 if answer else -38, number) + (answer or b''))
        def waits(work):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            while open(f'/proc/self/task/{thread.native_id}/stat').read().rpartition(')')[2].split()[0] != 'D':
                time.sleep(0.02)
        def withhold(where, user=0):
            global server, file, page # neither closed nor unmapped by whoever returns
            fuse = os.open('/dev/fuse', os.O_RDWR)
            options = f'fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other'.encode()
            if libc.mount(b'withheld', where.encode(), b'fuse', 0, options):
                sys.exit('mount: ' + os.strerror(ctypes.get_errno()))
            os.setresuid(user, user, user) # before there are threads, whom it would wait for (nptl(7))
            server = os.fork()
            if not server:
                serve(fuse)
            os.close(fuse) # or the file system would outlive its server
            file = os.open(where + '/file', os.O_RDWR)
            page = mmap.mmap(file, 4096)
            page[0] = 1
            address = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page)))
            libc.sync_file_range(file, ctypes.c_int64(0), ctypes.c_int64(4096), 2) # begins to write it
            waits(lambda: libc.memset(address, 2, 1))
            waits(lambda: libc.munmap(address, ctypes.c_size_t(4096)))

        """;

    private readonly Process process;
    private readonly int server;

    /// <summary>In a mount namespace of its own.</summary>
    public WithheldProcess()
    {
        const string Stays = """
            withhold('/mnt')
            os.write(1, f'{server}\n'.encode())
            time.sleep(60)
            """;
        process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "python3", "-c", Script + Stays])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        server = int.TryParse(process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LabException($"No process keeps its lock: {process.StandardError.ReadToEnd()}");
    }

    public int Pid => process.Id;

    public void Dispose()
    {
        using (var files = Process.GetProcessById(server))
        {
            files.Kill();
        }

        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
