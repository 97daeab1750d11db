using Sallyport.Bench.Server;

// What the server takes and how quickly it answers meanwhile; prints figures, never fails for one.
if (BenchOptions.TryRead(args, out var options, out var mistake))
{
    var work = Directory.CreateTempSubdirectory("sallyport-server-bench-").FullName;
    try
    {
        Figure.Print("processors", $"{Environment.ProcessorCount}");
        if (options.Load)
        {
            await new LoadBench(options, work).RunAsync();
        }

        if (options.SearchEvents > 0)
        {
            await new SearchBench(options, work).RunAsync();
        }
    }
    finally
    {
        Directory.Delete(work, recursive: true);
    }

    return 0;
}

await Console.Error.WriteLineAsync(mistake);
return 64;
