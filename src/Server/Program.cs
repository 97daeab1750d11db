using System.CommandLine;
using Sallyport.Server.Commands;

// The host hears the signals: two seconds, the usual of the command line, would cut an upload that is under way.
return await ServerCommandLine.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
