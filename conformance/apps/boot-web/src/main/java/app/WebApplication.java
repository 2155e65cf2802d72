package app;

import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.security.Security;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A web server with TLS. The provider is added in the program: the JDK's list of providers finds no
 * class in a jar of jars. Ends when its input does.
 */
@SpringBootApplication
@RestController
public class WebApplication {
  public static void main(String[] args) throws IOException {
    Security.addProvider(new KeyholdProvider());
    try (ConfigurableApplicationContext context =
        SpringApplication.run(WebApplication.class, args)) {
      System.in.read();
    }
  }

  @GetMapping("/")
  String who() {
    return "nobody";
  }

  @EventListener
  void started(WebServerInitializedEvent event) {
    System.out.println("PORT " + event.getWebServer().getPort());
  }
}
